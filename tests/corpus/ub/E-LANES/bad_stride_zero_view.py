# A view whose elements all lie in one place.
# RUN: check interp
# REPORT E-LANES 10:5-44
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((4,), "int32")):
    V = T.decl_buffer((4,), "int32", data=R.data, strides=[0])
    V[T.ramp(0, 1, 4)] = A[T.ramp(0, 1, 4)]
