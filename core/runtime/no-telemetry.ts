/**
 * onnxruntime is built with usage reporting, which also leaves log files in the temporary folder. It reads this switch
 * when it is loaded, so this module must be imported before it. Whoever sets the variable decides otherwise.
 */
process.env.ORT_DISABLE_TELEMETRY ??= '1';
