# The second value of an annotation silently took the place of the first.
# RUN: check
# ERROR TIR0409 12:9-52
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(X: T.Buffer((4,), "int32")):
    with T.sblock("b"):
        T.sblock_attr({"key": {"a": 1}})
        T.sblock_attr({"key": {"b": 2}, "same": 1})
        T.sblock_attr({"same": 2, "key": {"c": 3}})
        X[0] = 1
