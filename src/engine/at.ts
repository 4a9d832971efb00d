/**
 * The element at an index that is known to exist; a negative index counts from the end.
 *
 * @throws RangeError when there is no such element, which is a bug in the caller
 */
export function at<T>(list: ArrayLike<T>, index: number): T {
  const position = index < 0 ? list.length + index : index;
  if (!(position >= 0 && position < list.length)) {
    throw new RangeError(`no element ${index} in a list of ${list.length}`);
  }
  return list[position] as T;
}
