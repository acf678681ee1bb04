# T76: a step must be positive (B1).
# ERROR TIR0 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32")):
    for i in T.serial(1, 8, step=-3):
        R[i] = i
