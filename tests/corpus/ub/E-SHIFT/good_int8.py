# In 8 bits, 7 is the largest.
# RUN: check interp diff
# IN A: int8[2] 7 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "int8"), R: T.Buffer((2,), "int8")):
    for i in T.parallel(2):
        R[i] = T.shift_right(T.int8(64), A[i])
