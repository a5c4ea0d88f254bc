Attribute VB_Name = "SendbookButtons"
' What each button does: the guards, then one function of the Python module sendbook.ribbon.
' These Subs take nothing, so that they can also be run from the list of macros.
Option Explicit

' Whether a click is at work. On a Mac only until Python has been started.
Public SendbookAtWork As Boolean

' Of Excel, what Python changes while it works; Empty where Excel did not tell.
Private Type ExcelState
    ScreenUpdating As Variant
    Calculation As Variant
    EnableEvents As Variant
    DisplayAlerts As Variant
End Type

Public Sub SendbookCheck()
    RunSendbook "check()"
End Sub

Public Sub SendbookGoToProblem()
    RunSendbook "go_to_problem()"
End Sub

Public Sub SendbookImport()
    Dim chosen As Variant
    If Refused(True) Then Exit Sub ' before a file is chosen in vain
    #If Mac Then
        chosen = Application.GetOpenFilename()
    #Else
        chosen = Application.GetOpenFilename("Lists (*.csv;*.xlsx;*.xlsm;*.xls),*.csv;*.xlsx;*.xlsm;*.xls", , "Choose the list to bring in")
    #End If
    If VarType(chosen) = vbString Then SendbookImportFile CStr(chosen)
End Sub

' The path goes as hexadecimal digits, so that no letter of a file's name can become part of a command.
Public Sub SendbookImportFile(ByVal path As String)
    RunSendbook "import_list('" & HexOfText(path) & "')"
End Sub

Public Sub SendbookAddPupil()
    RunSendbook "add_pupil()"
End Sub

Public Sub SendbookRemoveResults()
    RunSendbook "remove_results()"
End Sub

Public Sub SendbookCost()
    RunSendbook "cost()"
End Sub

Public Sub SendbookProvisionMap()
    RunSendbook "provision_map()"
End Sub

Public Sub SendbookStaffTime()
    RunSendbook "staff_time()"
End Sub

Public Sub SendbookSummaryForSelected()
    RunSendbook "summary_for_selected()"
End Sub

Public Sub SendbookSummariesForAll()
    RunSendbook "summaries_for_all()"
End Sub

Public Sub SendbookOpenFolder()
    RunSendbook "open_folder()"
End Sub

Public Sub SendbookMailsForSelected()
    RunSendbook "mails_for_selected()"
End Sub

Public Sub SendbookMailsForAll()
    RunSendbook "mails_for_all()"
End Sub

Public Sub SendbookReviewAndSend()
    RunSendbook "review_and_send()"
End Sub

Public Sub SendbookWithdrawMails()
    RunSendbook "withdraw_mails()"
End Sub

Public Sub SendbookSentLog()
    RunSendbook "sent_log()"
End Sub

Public Sub SendbookGuide()
    If Not Refused(False) Then CallPython "guide()"
End Sub

Public Sub SendbookAbout()
    If Not Refused(False) Then CallPython "about()"
End Sub

Private Sub RunSendbook(ByVal what As String)
    If Not Refused(True) Then CallPython what
End Sub

Private Function Refused(ByVal needsRegister As Boolean) As Boolean
    Dim why As String
    why = SendbookRefusal(needsRegister)
    If why <> "" Then MsgBox why, vbExclamation, "Sendbook"
    Refused = (why <> "")
End Function

' Python looks for modules in the folder it is started in, and Excel may be in a stranger's workbook's.
' So it is started in the folder of Python itself.
' Python puts Excel back as it was; where it was ended in the middle, nobody else would.
Private Sub CallPython(ByVal what As String)
    Dim before As String, state As ExcelState, why As String
    before = CurDir
    KeepState state
    SendbookAtWork = True
    On Error GoTo Failed
    EnterFolder FolderOf(SendbookInterpreter())
    RunPython "import sendbook.ribbon; sendbook.ribbon." & what
    EnterFolder before
    PutStateBack state
    SendbookAtWork = False
    Exit Sub
Failed:
    why = Err.Description
    EnterFolder before
    PutStateBack state
    SendbookAtWork = False
    MsgBox "Python could not be started (" & why & "). Open a terminal in the folder of Sendbook and type: uv run sendbook install", vbExclamation, "Sendbook"
End Sub

' Excel does not tell everything at all times: Calculation only where a workbook is open.
Private Sub KeepState(ByRef state As ExcelState)
    On Error Resume Next
    state.ScreenUpdating = Application.ScreenUpdating
    state.Calculation = Application.Calculation
    state.EnableEvents = Application.EnableEvents
    state.DisplayAlerts = Application.DisplayAlerts
End Sub

' Only what is otherwise than it was. Not on a Mac: there Python is still at work.
Private Sub PutStateBack(ByRef state As ExcelState)
    #If Not Mac Then
        On Error Resume Next
        If Differs(Application.Calculation, state.Calculation) Then Application.Calculation = state.Calculation
        If Differs(Application.EnableEvents, state.EnableEvents) Then Application.EnableEvents = state.EnableEvents
        If Differs(Application.DisplayAlerts, state.DisplayAlerts) Then Application.DisplayAlerts = state.DisplayAlerts
        If Differs(Application.ScreenUpdating, state.ScreenUpdating) Then Application.ScreenUpdating = state.ScreenUpdating
    #End If
End Sub

Private Function Differs(ByVal found As Variant, ByVal was As Variant) As Boolean
    If Not IsEmpty(was) Then Differs = (found <> was)
End Function

Private Sub EnterFolder(ByVal folder As String)
    #If Not Mac Then
        On Error Resume Next ' a folder on a server has no drive to change to
        ChDrive folder
        ChDir folder
    #End If
End Sub
