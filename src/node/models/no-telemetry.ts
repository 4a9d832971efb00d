/**
 * The official builds of ONNX Runtime send usage data to their maker unless this is set before the library is loaded
 * (since 1.29 on Linux and macOS, too). Nothing is sent from here, so this is imported before the library.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';
