/** The domain of onnxruntime's own ops, which its optimizer puts in place of several standard ones. */
export const MICROSOFT = 'com.microsoft';

/** The domain of classic machine learning, as scikit-learn's exporter writes it. */
export const CLASSIC = 'ai.onnx.ml';
