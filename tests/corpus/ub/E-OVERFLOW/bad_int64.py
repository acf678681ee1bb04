# 64 bits end too.
# RUN: check interp
# SET: n=4611686018427387904
# REPORT E-OVERFLOW 10:12-17
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int64, R: T.Buffer((1,), "int64")):
    R[0] = n + n
