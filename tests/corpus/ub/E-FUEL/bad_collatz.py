# A while loop in a loop: the budget ends in the while loop.
# RUN: check interp
# OPTIONS: --max-steps 100
# REPORT E-FUEL 13:9-21
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((10,), "int32")):
    for i in range(10):
        n: T.int32 = i + 20
        R[i] = 0
        while n != 1:
            if n % 2 == 0:
                n = n // 2
            else:
                n = 3 * n + 1
            R[i] = R[i] + 1
