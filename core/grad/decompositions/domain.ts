/** The domain of onnxruntime's own ops, which its optimizer puts in place of several standard ones. */
export const MICROSOFT = 'com.microsoft';
