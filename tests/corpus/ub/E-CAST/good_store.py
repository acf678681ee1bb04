# A store converts, and the value fits.
# RUN: check interp diff
# IN A: float32[2] 127.9 -128.9
# OUT R: 127 -128
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "float32"), R: T.Buffer((2,), "int8")):
    for i in T.parallel(2):
        R[i] = A[i]
