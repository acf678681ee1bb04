# The largest float16 has a place in uint16.
# RUN: check interp diff
# IN A: float16[1] 65504
# OUT R: 65504
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "float16"), R: T.Buffer((1,), "uint16")):
    R[0] = T.Cast("uint16", A[0])
