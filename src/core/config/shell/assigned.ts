import { type Command, forEachChild, type SyntaxNode } from 'unbash';

/** The names of the variables that code gives a value, one entry for each place where it does. */
export function assignedIn(root: SyntaxNode): string[] {
  const names: string[] = [];
  const visit = (node: SyntaxNode): void => {
    switch (node.type) {
      case 'Command':
        names.push(...assignedBy(node));
        break;
      case 'For':
      case 'Select':
        names.push(node.name.text);
        break;
      case 'ParameterExpansion':
        if (node.operation?.type === 'Default' && node.operation.operator.includes('='))
          names.push(node.parameter);
        break;
      case 'ArithmeticCommand':
        names.push(...calculated(node.body));
        break;
      case 'ArithmeticExpansion':
        names.push(...calculated(node.text));
        break;
    }
    forEachChild(node, visit);
  };
  visit(root);
  return names;
}

/** Commands whose arguments are assignments. */
export const DECLARATIONS = new Set(['export', 'declare', 'local', 'readonly', 'typeset']);

function assignedBy({ name, prefix, suffix }: Command): string[] {
  // `A=1 program` sets A for the program alone.
  const assignments = name === undefined ? prefix : suffix;
  const assigned = assignments.flatMap((item) => (item.type === 'Assignment' ? [item.name] : []));
  const words = suffix.flatMap((word) => (word.type === 'Word' ? [word.text] : []));
  const names = words.filter((word) => /^[A-Za-z_]\w*$/.test(word));
  switch (name?.text) {
    case 'read':
    case 'mapfile':
    case 'readarray':
    case 'unset':
    case 'getopts':
      return names;
    case 'printf':
      return words[0] === '-v' ? names.slice(0, 1) : [];
    case 'let':
      return words.flatMap((word) => /^["']?([A-Za-z_]\w*)/.exec(word)?.[1] ?? []);
    default:
      return assigned;
  }
}

/** `((i++))`, `$((i += 1))`. */
function calculated(text: string): string[] {
  return [...text.matchAll(/([A-Za-z_]\w*)\s*(?:[-+*/%]?=(?!=)|\+\+|--)/g)].map(([, name = '']) => name);
}
