# parallel iterations (read_write).
# REPORT E-RACE 14
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((16,), "int32")):
    for i in range(16):
        R[i] = 0
    for i in T.parallel(8):
        if i == 3:
            R[9] = 1
        if i == 5:
            R[0] = R[9]
