# In 8 bits it wraps in silence.
# RUN: check interp diff
# IN A: int8[2] -5 -128
# OUT R: 5 -128
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "int8"), R: T.Buffer((2,), "int8")):
    for i in range(2):
        R[i] = T.abs(A[i])
