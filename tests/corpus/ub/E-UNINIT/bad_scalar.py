# A variable without a value.
# RUN: check interp
# REPORT E-UNINIT 10:5-13
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    x: T.int32
    R[0] = x
