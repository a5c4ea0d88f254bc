Attribute VB_Name = "SendbookGuard"
' Which workbooks may be handed to Python. A workbook somebody sent must not choose what is run.
' Python gets the path of the open workbook; xlwings reads its settings from a sheet or a file sendbook.conf, in Python from a
' sheet xlwings.conf too (where it says which folder OneDrive or SharePoint is), and takes sheets whose names end in .py for programs.
Option Explicit
Option Private Module

' Why the open workbook cannot be worked on, as a sentence that says what to do; "" where it can.
Public Function SendbookRefusal(ByVal needsRegister As Boolean) As String
    If ActiveWorkbook Is Nothing Then
        SendbookRefusal = "No workbook is open. Open your register, then click again."
        Exit Function
    End If
    SendbookRefusal = DoorLeftOpen(ActiveWorkbook)
    If SendbookRefusal = "" And needsRegister Then
        If Not IsRegister(ActiveWorkbook) Then SendbookRefusal = "This workbook is not a Sendbook register: it has no tables Pupils and School. Open your register, then click again."
    End If
    If SendbookRefusal = "" Then SendbookRefusal = SettingsMissing(SendbookInterpreter())
End Function

' The way in that a workbook leaves to somebody else's program, as a sentence; "" where there is none.
Public Function DoorLeftOpen(ByVal book As Workbook) As String
    Dim settings As String
    settings = SettingsSheet(book)
    If settings <> "" Then
        DoorLeftOpen = "This workbook brings settings of its own (a sheet " & settings & "), which could make Sendbook run somebody else's program or write into somebody else's folder. Use a register that you made yourself."
        If settings = PROJECT_NAME & ".conf" Then DoorLeftOpen = DoorLeftOpen & " If this is a register with its own tab (made with --macros), use that tab."
    ElseIf HasSheet(book, "*.py") Then
        DoorLeftOpen = "This workbook has a sheet whose name ends in .py, which could hold a program. If you made it yourself, give the sheet another name; else do not use this workbook."
    ElseIf HasUnsafeSigns(book.FullName) Or HasUnsafeSigns(ThisWorkbook.FullName) Then
        DoorLeftOpen = "The name of this workbook or of a folder it is in has a sign that is not safe to pass on, such as ; or $ or %. Take it out of the name, then click again."
    ElseIf HasSettingsBeside(book) Then
        DoorLeftOpen = "Beside this workbook lies a file sendbook.conf, which could make Sendbook run somebody else's program. Delete that file or move the workbook to another folder, then click again."
    End If
End Function

' A workbook with a table Pupils and a table School.
Public Function IsRegister(ByVal book As Object) As Boolean
    If Not book Is Nothing Then IsRegister = HasTable(book, "pupils") And HasTable(book, "school")
End Function

Private Function HasTable(ByVal book As Object, ByVal tableName As String) As Boolean
    Dim sheet As Object, table As Object
    For Each sheet In book.Worksheets
        For Each table In sheet.ListObjects
            If LCase$(table.Name) = tableName Then HasTable = True
        Next table
    Next sheet
End Function

' The name of a sheet from which xlwings could take settings; "" where there is none. Sheets of every kind, hidden ones too;
' capitals do not count. The workbook these macros are in has one of its own: sendbook.conf is named only where no other is.
' Excel may find a sheet under a name that is not the same letter for letter, so it is asked too, as xlwings does.
Private Function SettingsSheet(ByVal book As Workbook) As String
    Dim sheet As Object, own As String
    own = PROJECT_NAME & ".conf"
    If book.FullName <> ThisWorkbook.FullName Then
        If HasSheet(book, own) Or SheetExists(book, own) Then SettingsSheet = own
    End If
    If SheetExists(book, "xlwings.conf") Then SettingsSheet = "xlwings.conf"
    For Each sheet In book.Sheets
        If LCase$(sheet.Name) Like "*.conf" And LCase$(sheet.Name) <> own Then SettingsSheet = sheet.Name
    Next sheet
End Function

' Sheets of every kind, hidden ones too; capitals do not count.
Private Function HasSheet(ByVal book As Object, ByVal pattern As String) As Boolean
    Dim sheet As Object
    For Each sheet In book.Sheets
        If LCase$(sheet.Name) Like pattern Then HasSheet = True
    Next sheet
End Function

' Signs in a path that would not be taken for letters on its way to Python: ; parts the list of folders xlwings hands on
' (so a folder's name could add one to those Python loads from), the shell puts other words in for %NAME%, Python for
' $NAME, xlwings' library for $(NAME); on a Mac the path stands in a line for the shell.
Public Function HasUnsafeSigns(ByVal path As String) As Boolean
    #If Mac Then
        HasUnsafeSigns = path Like "*[;|""$`\]*"
    #Else
        HasUnsafeSigns = path Like "*;*" Or path Like "*%[!0-9]*%*" Or path Like "*$[A-Za-z0-9_{(-]*"
    #End If
End Function

' The file is looked for where xlwings would find it, and where the workbook lies.
Private Function HasSettingsBeside(ByVal book As Object) As Boolean
    HasSettingsBeside = FileExists(GetDirectoryConfigFilePath())
    If book.Path <> "" Then
        If FileExists(book.Path & Application.PathSeparator & PROJECT_NAME & ".conf") Then HasSettingsBeside = True
    End If
End Function

' Python's full path from the settings; "" where there are none.
Public Function SendbookInterpreter() As String
    #If Mac Then
        SendbookInterpreter = GetConfig("INTERPRETER_MAC", "")
    #Else
        SendbookInterpreter = GetConfig("INTERPRETER_WIN", "")
    #End If
    If SendbookInterpreter = "" Then SendbookInterpreter = GetConfig("INTERPRETER", "")
End Function

' Excel on a Mac may not look outside its own folders, so there only a path is asked for.
' A bare name such as python is no path: the system would look for it in folders anybody can write to.
Public Function SettingsMissing(ByVal interpreter As String) As String
    If InStr(interpreter, Application.PathSeparator) = 0 Then
        SettingsMissing = "Sendbook has not been told where Python is. Open a terminal in the folder of Sendbook and type: uv run sendbook install"
        Exit Function
    End If
    #If Not Mac Then
        If Not FileExists(interpreter) Then SettingsMissing = "Python is no longer where Sendbook was told (" & interpreter & "). Open a terminal in the folder of Sendbook and type: uv run sendbook install"
    #End If
End Function

Public Function FolderOf(ByVal path As String) As String
    FolderOf = Left$(path, InStrRev(path, Application.PathSeparator))
End Function

' Each letter as the four hexadecimal digits of its two bytes, the lower first (UTF-16LE): d is 6400.
Public Function HexOfText(ByVal text As String) As String
    Dim i As Long, code As Long
    For i = 1 To Len(text)
        code = AscW(Mid$(text, i, 1)) And &HFFFF&
        HexOfText = HexOfText & Right$("0" & Hex$(code And &HFF&), 2) & Right$("0" & Hex$(code \ 256), 2)
    Next i
End Function
