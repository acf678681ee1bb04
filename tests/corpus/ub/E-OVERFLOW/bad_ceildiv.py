# Rounding up adds before it divides.
# RUN: check interp
# SET: n=2147483647
# REPORT E-OVERFLOW 10:13-18
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int32, R: T.Buffer((1,), "int32")):
    R[0] = (n + 7) // 8
