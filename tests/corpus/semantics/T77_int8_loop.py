# T77: an int8 loop runs to the end of its type (B1).
# OUT R: 127
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    R[0] = 0
    for i in T.serial(T.int8(0), T.int8(127)):
        R[0] = R[0] + 1
