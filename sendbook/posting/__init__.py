"""The steps of mailing that the front ends share: prepare, show, approve and send, take back, decide, log.

Each is given the register as it stands (closed or open) and works on the outbox beside the workbook.
"""
