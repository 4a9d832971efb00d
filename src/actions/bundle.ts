/** What the extension loads when the first tool is used. */
export { FOREIGN_DIALECTS } from '../core/config/dialects/all';
export { useDialects } from '../core/config/dialects/registry';
export { ACTIONS } from './all';
export { shortText } from './short-text';
