# Infinity as bfloat16.
# RUN: check interp
# IN A: float32[1] inf
# REPORT E-CAST 10:12-53
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "float32"), R: T.Buffer((1,), "int32")):
    R[0] = T.Cast("int32", T.Cast("bfloat16", A[0]))
