# an access at the edge of R (read_modify).
# REPORT E-OOB 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "float32")):
    for i in range(8):
        R[i] = T.float32(0)
    for i in range(8):
        R[i] = R[i] + R[i + 1]
