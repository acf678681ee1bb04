# Any float is a bool, and any wide float a narrow one.
# RUN: check interp diff
# IN A: float32[3] nan inf -0.0
# OUT R: 1 1 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((3,), "float32"), R: T.Buffer((3,), "bool")):
    for i in range(3):
        R[i] = T.Cast("bool", A[i])
