# Near miss: a vector store at T.Ramp(5, -1, 4).
# IN B: int32[8] 3 1 2 0 4 7 6 5
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(B: T.Buffer((8,), "int32"), R: T.Buffer((16,), "int32")):
    with T.sblock("store"):
        T.reads(B[0:8])
        T.writes(R[0:16])
        R[T.Ramp(5, -1, 4)] = T.Broadcast(7, 4)
