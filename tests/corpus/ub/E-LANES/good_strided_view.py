# A view whose elements lie two apart.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((8,), "int32")):
    V = T.decl_buffer((4,), "int32", data=R.data, strides=[2])
    V[T.ramp(0, 1, 4)] = A[T.ramp(0, 1, 4)]
