# A loop of step 3 over 0..31 has eleven iterations.
# RUN: check interp diff
# OPTIONS: --max-steps 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((31,), "int32")):
    for i in T.serial(0, 31, step=3):
        R[i] = i
