# a vector store at T.Ramp(0, 1, 8) % T.Broadcast(4, 8).
# IN B: int32[8] 0 1 2 3 4 5 0 7
# REPORT E-LANES 9
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(B: T.Buffer((8,), "int32"), R: T.Buffer((16,), "int32")):
    R[T.Ramp(0, 1, 8) % T.Broadcast(4, 8)] = T.Broadcast(7, 8)
