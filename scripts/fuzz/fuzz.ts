export { ConfigsFuzz } from './configs';
export { RunsFuzz } from './runs';
