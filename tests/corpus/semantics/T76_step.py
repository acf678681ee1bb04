# T76: a loop with a step (B1).
# OUT R: 0 1 0 0 4 0 0 7
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32")):
    for i in range(8):
        R[i] = 0
    for i in T.serial(1, 8, step=3):
        R[i] = i
