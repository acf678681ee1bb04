# T96: index and value are evaluated before the store (B3).
# IN R: int32[8] 4 5 0 0 0 0 0 0
# OUT R: 9 5 0 0 0 0 0 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32")):
    R[R[0] - 4] = R[0] + R[1]
