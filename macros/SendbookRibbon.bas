Attribute VB_Name = "SendbookRibbon"
' What customUI14.xml names: one line each. Only Excel calls these; the work is in SendbookButtons.
Option Explicit

Private Ribbon As IRibbonUI
Private Watcher As SendbookEvents

Public Sub SendbookOnLoad(ui As IRibbonUI)
    Set Ribbon = ui
    Set Watcher = New SendbookEvents
End Sub

' Have Excel ask again which buttons can be used. Called by Watcher when another workbook comes to the front.
Public Sub SendbookRefresh()
    If Not Ribbon Is Nothing Then Ribbon.Invalidate
End Sub

Public Sub SendbookGetEnabled(control As IRibbonControl, ByRef returnedVal)
    returnedVal = IsRegister(ActiveWorkbook)
End Sub

' Of buttons whose part of Sendbook is not there yet.
Public Sub SendbookGetEnabledLater(control As IRibbonControl, ByRef returnedVal)
    returnedVal = False
End Sub

Public Sub SendbookOnCheck(control As IRibbonControl)
    SendbookCheck
End Sub

Public Sub SendbookOnGoToProblem(control As IRibbonControl)
    SendbookGoToProblem
End Sub

Public Sub SendbookOnImport(control As IRibbonControl)
    SendbookImport
End Sub

Public Sub SendbookOnAddPupil(control As IRibbonControl)
    SendbookAddPupil
End Sub

Public Sub SendbookOnRemoveResults(control As IRibbonControl)
    SendbookRemoveResults
End Sub

Public Sub SendbookOnCost(control As IRibbonControl)
    SendbookCost
End Sub

Public Sub SendbookOnProvisionMap(control As IRibbonControl)
    SendbookProvisionMap
End Sub

Public Sub SendbookOnStaffTime(control As IRibbonControl)
    SendbookStaffTime
End Sub

Public Sub SendbookOnSummaryForSelected(control As IRibbonControl)
    SendbookSummaryForSelected
End Sub

Public Sub SendbookOnSummariesForAll(control As IRibbonControl)
    SendbookSummariesForAll
End Sub

Public Sub SendbookOnOpenFolder(control As IRibbonControl)
    SendbookOpenFolder
End Sub

Public Sub SendbookOnMailsForSelected(control As IRibbonControl)
    SendbookMailsForSelected
End Sub

Public Sub SendbookOnMailsForAll(control As IRibbonControl)
    SendbookMailsForAll
End Sub

Public Sub SendbookOnReviewAndSend(control As IRibbonControl)
    SendbookReviewAndSend
End Sub

Public Sub SendbookOnWithdrawMails(control As IRibbonControl)
    SendbookWithdrawMails
End Sub

Public Sub SendbookOnSentLog(control As IRibbonControl)
    SendbookSentLog
End Sub

Public Sub SendbookOnGuide(control As IRibbonControl)
    SendbookGuide
End Sub

Public Sub SendbookOnAbout(control As IRibbonControl)
    SendbookAbout
End Sub
