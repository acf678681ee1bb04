# A library operator called from a script, instead of a sorting function of one's own.
# RUN: check fmt interp run diff
# FUNC: main
# IN scores: float32[5] 0.5 0.25 1 0 0.75
# OUT order: 2 4 0 1 3
from tirade import ops
from tvm.script import tir as T


@T.prim_func
def main(scores: T.Buffer((5,), "float32"), order: T.Buffer((5,), "int32")):
    ops.argsort(scores, order, descending=True, dtype="int32")
