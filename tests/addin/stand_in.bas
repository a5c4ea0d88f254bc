Attribute VB_Name = "xlwings"
' In the place of xlwings' module, which LibreOffice cannot read whole. Its functions that the guards ask are put behind this.
Public Const PROJECT_NAME As String = "sendbook"

Public Function RunPython(PythonCommand As String)
    Shell "{python}", 0, "-c """ & PythonCommand & """"
    Application.Calculation = -4135 ' by hand
    Application.EnableEvents = False
    Application.DisplayAlerts = False
    Application.ScreenUpdating = False
    If InStr(PythonCommand, "about()") > 0 Then Err.Raise 1001 ' as if Python had been ended in the middle
End Function

Public Function StateOfExcel() As String
    StateOfExcel = Application.Calculation & " " & Application.EnableEvents & " " & Application.DisplayAlerts & " " & Application.ScreenUpdating
End Function

Public Function GetConfig(configKey As String, Optional fallback As String = "") As Variant
    If configKey = "INTERPRETER_WIN" Then GetConfig = "{python}"
End Function

Public Function GetDirectoryPath(wb) As String
    GetDirectoryPath = GetDirectory(GetFullName(wb))
End Function
