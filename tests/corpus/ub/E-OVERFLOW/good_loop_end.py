# The end of a loop is the largest number of its type.
# RUN: check interp diff
# SET: n=127
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int8, R: T.Buffer((1,), "int32")):
    R[0] = 0
    for i in T.serial(T.int8(100), n):
        R[0] = R[0] + 1
