import type { Node } from 'web-tree-sitter';

/** What a name stands for where it is used: the right side of the last assignment above. */
export function assignedTo(name: string, use: number, root: Node): Node | undefined {
  const pattern = new RegExp(
    `^[ \\t]*(?:[\\w.]+[ \\t]*,[ \\t]*)*${name}[ \\t]*(?:,[^=\\n]*|:[^=\\n]*)?=(?!=)`,
    'gm',
  );
  let found: Node | undefined;
  for (const match of root.text.matchAll(pattern)) {
    if (match.index >= use) break;
    const assignment = assignmentAt(root, match.index + match[0].length - 1);
    const right = assignment && assigns(assignment, name) ? assignment.childForFieldName('right') : undefined;
    // `model = wrap(model)` uses what was assigned before.
    if (right && right.endIndex <= use) found = right;
  }
  return found;
}

/** The name that a call's result gets, as `args` in `args = DPOConfig()`. */
export function nameOfResult(call: Node): string | undefined {
  const { parent } = call;
  const left = parent?.type === 'assignment' ? parent.childForFieldName('left') : undefined;
  return left?.type === 'identifier' ? left.text : undefined;
}

function assignmentAt(root: Node, offset: number): Node | undefined {
  const sign = root.descendantForIndex(offset, offset + 1);
  return sign?.type === '=' && sign.parent?.type === 'assignment' ? sign.parent : undefined;
}

/** Of several names, as in `model, tokenizer = ...`, the first one is the model. */
function assigns(assignment: Node, name: string): boolean {
  const left = assignment.childForFieldName('left');
  const first = left?.type === 'identifier' ? left : left?.namedChild(0);
  return first?.text === name;
}
