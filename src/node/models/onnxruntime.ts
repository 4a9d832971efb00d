import './no-telemetry';

/** The only module that loads ONNX Runtime. */
export { InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node';
