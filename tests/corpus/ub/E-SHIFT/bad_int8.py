# In 8 bits, 8 is too many.
# RUN: check interp
# IN A: int8[2] 7 8
# REPORT E-SHIFT 11:16-47
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "int8"), R: T.Buffer((2,), "int8")):
    for i in T.parallel(2):
        R[i] = T.shift_right(T.int8(64), A[i])
