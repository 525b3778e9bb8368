#!/usr/bin/env python3
"""ONNX's own checker on every file given: onnx_checker.py FILE...

Prints a line for each file and exits with 1 when it refuses one, with 2 when no file is given. Needs only the onnx
package (Debian: python3-onnx). A file of an operator set or IR version newer than the installed checker knows is
reported as not judged, and is no failure.
"""
import sys

import onnx
from onnx import checker, defs


def too_new(path):
    model = onnx.load(path, load_external_data=False)
    for entry in model.opset_import:
        if entry.domain in ("", "ai.onnx") and entry.version > defs.onnx_opset_version():
            return f"operator set {entry.version}"
    if model.ir_version > onnx.IR_VERSION:
        return f"IR version {model.ir_version}"
    return None


def main(paths):
    if not paths:
        print(__doc__, file=sys.stderr)
        return 2
    failed = 0
    for path in paths:
        try:
            reason = too_new(path)
            if reason:
                print(f"not judged  {path}: {reason} is newer than onnx {onnx.__version__}")
                continue
            checker.check_model(path, full_check=True)
            print(f"accepted    {path}")
        except Exception as error:  # the checker raises many kinds
            failed += 1
            print(f"refused     {path}: {type(error).__name__}: {error}")
    print(f"{len(paths) - failed} of {len(paths)} accepted or not judged", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
