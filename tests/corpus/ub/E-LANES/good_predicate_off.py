# The mask turns off all but one lane of each address.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), R: T.Buffer((8,), "float32")):
    R.vstore([T.ramp(0, 1, 8) // 4], A[T.ramp(0, 1, 8)], predicate=T.ramp(0, 1, 8) % T.broadcast(4, 8) == T.broadcast(0, 8))
