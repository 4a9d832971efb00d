import type { TokenPiece } from '../../src/core/panels/pairs-page';
import { make } from '../dom';

/** Where Unicode has pictures of the first 32 control characters, in their order. */
const CONTROL_PICTURES = 0x2400;

/** What would turn text around or be obeyed, as a character that is seen. */
function harmless(text: string): string {
  return text.replace(/[\p{Bidi_Control}\p{Cc}\uFEFF]/gu, (character) => {
    if (/[\n\t]/.test(character)) return character;
    return character < ' ' ? String.fromCharCode(CONTROL_PICTURES + character.charCodeAt(0)) : '\uFFFD';
  });
}

/** A token that holds a part of a character. */
const PART = '\u25AF';

/** The text of a token with its spaces, tabs and line breaks to be seen. */
export function pieceNodes({ text, isEnd }: TokenPiece): (Node | string)[] {
  if (isEnd) return [make('span', { class: 'end-symbol' }), 'EOS'];
  if (text === '') return [make('span', { class: 'blank' }, PART)];
  return harmless(text)
    .split(/([ \n\t])/)
    .filter((part) => part !== '')
    .map((part) => {
      if (part === ' ') return make('span', { class: 'blank' }, '·');
      if (part === '\t') return make('span', { class: 'blank' }, '⇥\t');
      return part === '\n' ? make('span', { class: 'blank' }, '⏎\n') : part;
    });
}

/** The same in words, for labels. */
export function pieceName({ text, isEnd }: TokenPiece): string {
  if (isEnd) return 'end of sequence';
  if (text === '') return 'part of a character';
  return harmless(text).replaceAll('\n', '⏎').replaceAll('\t', '⇥').replace(/^ | $/g, '·');
}
