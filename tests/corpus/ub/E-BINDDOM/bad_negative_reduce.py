# an axis with domain 4 bound to i - 1.
# REPORT E-BINDDOM 12
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((16,), "int32")):
    for j in range(16):
        R[j] = 0
    for i in range(4):
        with T.sblock("R"):
            vi = T.axis.reduce(4, i - 1)
            T.reads(R[0])
            T.writes(R[0])
            R[0] = R[0] + vi
