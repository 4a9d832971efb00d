export { configSamples, fuzzConfig } from './configs';
export { RunsFuzz } from './runs';
