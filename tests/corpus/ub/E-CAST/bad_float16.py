# The largest float16 is too large for int16.
# RUN: check interp
# IN A: float16[1] 65504
# REPORT E-CAST 10:12-33
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "float16"), R: T.Buffer((1,), "int16")):
    R[0] = T.Cast("int16", A[0])
