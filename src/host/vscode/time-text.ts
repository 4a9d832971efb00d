const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-US', { month: 'short', day: 'numeric' });

/** `14:05` today, else `Nov 22, 14:05`, in the time zone of this machine. */
export function timeInWords(milliseconds: number): string {
  const moment = new Date(milliseconds);
  const time = TIME.format(moment);
  return moment.toDateString() === new Date().toDateString() ? time : `${DAY.format(moment)}, ${time}`;
}
