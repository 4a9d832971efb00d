/** What the editor loads when it sees the first file of another trainer. */
export { CONVERSION_TARGETS, convert } from '../../core/config/convert/convert';
export { FOREIGN_DIALECTS } from '../../core/config/dialects/all';
export { preparePython } from './python-parser';
