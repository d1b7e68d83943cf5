"""The judge: whether a server, or recorded traffic, keeps a contract, and how two documents differ.

Speaks to servers over HTTP as any client would and never looks into one.
"""
