# Reads a Windows machine and prints one framed text; changes nothing, asks nothing.
#
# Windows PowerShell 5.1. NOT TESTED ON A REAL SYSTEM: written from Microsoft's public documentation
# of the classes and cmdlets named below. The frame is that of posix.sh; rows are JSON with the
# columns of auditor/sections. `auditor.collecting` sets $WantedPaths and $WantedStatuses.

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$Version = 1
$B = [guid]::NewGuid().ToString()
$Sent = New-Object System.Text.StringBuilder
$Said = New-Object System.Text.StringBuilder
$Limit = 8000000

function Put([string]$Text) { [void]$Sent.Append($Text).Append("`n") }

# Runs a block in a runspace of its own, so that a provider that hangs costs one section.
function Section([string]$Name, [int]$Seconds, [scriptblock]$Block, [object[]]$Arguments = @()) {
    Put "#$B begin $Name"
    $text = ''; $state = 'ok'; $code = 0; $error1 = ''
    $shell = [PowerShell]::Create()
    try {
        [void]$shell.AddScript($Common).Invoke()
        $shell.Commands.Clear()
        [void]$shell.AddScript($Block.ToString())
        foreach ($argument in $Arguments) { [void]$shell.AddArgument($argument) }
        $waiting = $shell.BeginInvoke()
        if ($waiting.AsyncWaitHandle.WaitOne($Seconds * 1000)) {
            $text = [string]::Join("`n", @($shell.EndInvoke($waiting)))
        } else {
            $state = 'timeout'; $code = 124
            [void]$shell.BeginStop($null, $null)
        }
        if ($shell.Streams.Error.Count) { $error1 = [string]$shell.Streams.Error[0] }
    } catch {
        $inner = $_.Exception.GetBaseException()
        $state = 'failed'; $code = 1; $error1 = $inner.Message
        if ($inner -is [System.UnauthorizedAccessException]) { $state = 'denied'; $code = 126 }
        if ($inner -is [System.Management.Automation.CommandNotFoundException]) { $state = 'missing'; $code = 127 }
    }
    $whole = 'whole'
    if ($text.Length -gt $Limit) { $text = $text.Substring(0, $Limit); $whole = 'truncated' }
    Put $text
    Put "#$B end $code $state $whole"
    if ($error1) { [void]$Said.Append("#$B stderr $Name`n" + $error1.Substring(0, [Math]::Min(2000, $error1.Length)) + "`n") }
}

# Shared by all blocks: names of people, times, arguments.
$Common = @'
function Hide($path) { if ($path) { [regex]::Replace([string]$path, '(?i)([\\/]Users[\\/])[^\\/"]+', '$1~') } }
function Moment($time) { if ($time) { $time.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ') } }
function Json($rows) { ConvertTo-Json -InputObject @($rows) -Compress -Depth 4 }
function Program($command) {
    if ($command -match '^\s*"([^"]+)"' -or $command -match '^\s*(.+?\.(?:exe|sys|dll))' -or $command -match '^\s*(\S+)') { Hide $Matches[1] }
}
function Arguments($command, $program) {
    $words = @(Hide $program)
    foreach ($word in (([string]$command -replace '^\s*("[^"]*"|\S+)', '') -split '\s+' | Where-Object { $_ })) {
        if ($word -match '^(--?[A-Za-z0-9][A-Za-z0-9_.-]{0,39}|/[A-Za-z]{1,20})$') { $words += $word }
        elseif ($word -match '^(--[A-Za-z0-9][A-Za-z0-9_.-]{0,39}=)') { $words += $Matches[1] + '<redacted>' }
        else { $words += '<redacted>' }
    }
    , @($words | Select-Object -First 64)
}
'@

$elevated = ([Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent()).IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
function Clock { $now = [DateTimeOffset]::Now; "$($now.ToUnixTimeSeconds()) $($now.ToString('zzz').Replace(':', ''))" }

Put "#audit-collector $Version $B"
Put "#$B begin header"
Put "platform=windows`nis_elevated=$elevated`nhostname=$env:COMPUTERNAME`nmachine=$env:PROCESSOR_ARCHITECTURE"
Put "clock_start=$(Clock)`nlocale=$((Get-Culture).Name)`nshell=PowerShell $($PSVersionTable.PSVersion)`npid=$PID"
Put "#$B end 0 ok whole"

Section identity 20 {
    $os = Get-CimInstance Win32_OperatingSystem; $pc = Get-CimInstance Win32_ComputerSystem
    Json @{ hostname = $pc.Name; os = $os.Caption; os_version = $os.Version; kernel = $os.BuildNumber
        architecture = $os.OSArchitecture; cpu_count = [int]$pc.NumberOfLogicalProcessors
        memory_bytes = [long]$pc.TotalPhysicalMemory; boot_at = (Moment $os.LastBootUpTime)
        uptime_s = [long]($os.LocalDateTime - $os.LastBootUpTime).TotalSeconds
        manufacturer = $pc.Manufacturer; model = $pc.Model }
}
Section clock 10 {
    $lines = & w32tm.exe /query /status /verbose
    if ($LASTEXITCODE) { throw "w32tm exit $LASTEXITCODE" }
    # "Leap Indicator: 3" is the one language-independent figure: 3 means not synchronised
    $leap = [regex]::Match(($lines -join "`n"), ':\s*([0-3])\(').Groups[1].Value
    if ($leap -ne '') { 'is_synchronised=' + $(if ($leap -eq '3') { 'no' } else { 'yes' }) }
}
Section addresses 20 {
    $rows = foreach ($card in [System.Net.NetworkInformation.NetworkInterface]::GetAllNetworkInterfaces()) {
        $ips = $card.GetIPProperties().UnicastAddresses | ForEach-Object { $_.Address }
        $mac = ($card.GetPhysicalAddress().ToString() -replace '(..)(?!$)', '$1:').ToLower()
        @{ name = $card.Name; is_up = ($card.OperationalStatus -eq 'Up'); is_loopback = ($card.NetworkInterfaceType -eq 'Loopback')
            is_wireless = ($card.NetworkInterfaceType -eq 'Wireless80211'); mac = $(if ($mac) { $mac })
            ipv4 = @($ips | Where-Object { $_.AddressFamily -eq 'InterNetwork' } | ForEach-Object { $_.ToString() })
            ipv6 = @($ips | Where-Object { $_.AddressFamily -eq 'InterNetworkV6' } | ForEach-Object { ($_.ToString() -split '%')[0] })
            speed_mbps = $(if ($card.Speed -gt 0 -and $card.OperationalStatus -eq 'Up') { [long]($card.Speed / 1000000) }) }
    }
    Json $rows
}
Section neighbours 20 {
    Json (Get-NetNeighbor | ForEach-Object {
        @{ address = ($_.IPAddress -split '%')[0]; mac = [string]$_.LinkLayerAddress; interface = $_.InterfaceAlias; state = ([string]$_.State).ToLower() } })
}
Section leases 30 {
    # only on a DHCP server; never the name that a client gave
    Json (Get-DhcpServerv4Scope | Get-DhcpServerv4Lease | ForEach-Object {
        @{ address = [string]$_.IPAddress; mac = [string]$_.ClientId; state = [string]$_.AddressState; expires_at = (Moment $_.LeaseExpiryTime) } })
}
Section processes 30 {
    $rows = foreach ($p in Get-CimInstance Win32_Process) {
        @{ pid = [int]$p.ProcessId; parent_pid = [int]$p.ParentProcessId; name = $p.Name; executable = (Hide $p.ExecutablePath)
            argv = $(if ($p.CommandLine) { Arguments $p.CommandLine $p.ExecutablePath }); started_at = (Moment $p.CreationDate) }
    }
    Json $rows
}
Section services 30 {
    $rows = foreach ($s in Get-CimInstance Win32_Service) {
        @{ name = $s.Name; state = $s.State.ToLower(); substate = $s.Status; startup = $s.StartMode.ToLower(); description = $s.DisplayName
            executable = (Program $s.PathName); main_pid = $(if ($s.ProcessId) { [int]$s.ProcessId }); manager = 'windows' }
    }
    Json $rows
}
Section packages 30 {
    # both registry views and the loaded hives of users; never Win32_Product, which repairs what it lists
    $roots = @('HKLM:\SOFTWARE', 'HKLM:\SOFTWARE\WOW6432Node')
    $roots += @(Get-ChildItem Registry::HKEY_USERS | ForEach-Object { "Registry::$($_.Name)\SOFTWARE" })
    $rows = foreach ($root in $roots) {
        Get-ItemProperty "$root\Microsoft\Windows\CurrentVersion\Uninstall\*" -ErrorAction SilentlyContinue | Where-Object { $_.DisplayName } | ForEach-Object {
            @{ name = [string]$_.DisplayName; version = $(if ($_.DisplayVersion) { [string]$_.DisplayVersion }); state = 'installed'; manager = 'registry' }
        }
    }
    Json $rows
}
Section sockets 30 {
    $programs = @{}
    Get-CimInstance Win32_Process | ForEach-Object { $programs[[int]$_.ProcessId] = $_ }
    $rows = @(Get-NetTCPConnection; Get-NetUDPEndpoint) | ForEach-Object {
        $tcp = $null -ne $_.State; $far = $tcp -and $_.RemotePort -ne 0; $owner = $programs[[int]$_.OwningProcess]
        @{ protocol = $(if ($tcp) { 'tcp' } else { 'udp' }); family = $(if ($_.LocalAddress -match ':') { 'ipv6' } else { 'ipv4' })
            local_address = ($_.LocalAddress -split '%')[0]; local_port = [int]$_.LocalPort
            remote_address = $(if ($far) { ($_.RemoteAddress -split '%')[0] }); remote_port = $(if ($far) { [int]$_.RemotePort })
            state = $(if ($tcp) { ([string]$_.State).ToLower() }); is_listening = $(if ($tcp) { [string]$_.State -eq 'Listen' } else { $true })
            process = $(if ($owner) { $owner.Name }); pid = [int]$_.OwningProcess; executable = $(if ($owner) { Hide $owner.ExecutablePath }) }
    }
    Json $rows
}
Section space 20 {
    $rows = foreach ($d in Get-CimInstance Win32_LogicalDisk -Filter 'DriveType=2 OR DriveType=3 OR DriveType=4') {
        @{ device = $(if ($d.ProviderName) { $d.ProviderName } else { $d.DeviceID }); mount = $d.DeviceID; type = $d.FileSystem
            total_bytes = $(if ($d.Size) { [long]$d.Size }); free_bytes = $(if ($d.Size) { [long]$d.FreeSpace })
            free_percent = $(if ($d.Size) { [Math]::Round(100 * $d.FreeSpace / $d.Size, 2) }); is_network = ($d.DriveType -eq 4) }
    }
    Json $rows
}
Section disks 20 {
    $rows = foreach ($d in Get-PhysicalDisk) {
        @{ name = "PhysicalDrive$($d.DeviceId)"; size_bytes = [long]$d.Size; model = $d.FriendlyName; bus = ([string]$d.BusType).ToLower()
            is_rotational = $(switch ([string]$d.MediaType) { 'HDD' { $true } 'SSD' { $false } }) }
    }
    Json $rows
}
Section users 20 {
    $known = @{ 500 = 'administrator'; 501 = 'guest' }
    $rows = foreach ($u in Get-CimInstance Win32_UserAccount -Filter 'LocalAccount=TRUE') {
        $rid = [int]($u.SID -split '-')[-1]
        @{ uid = $rid; name = $known[$rid]; password = $(if ($u.Disabled -or $u.Lockout) { 'locked' } elseif ($u.PasswordRequired) { 'set' } else { 'unknown' }); has_shell = (-not $u.Disabled); is_admin = $(if ($rid -eq 500) { $true }) }
    }
    Json $rows
}
Section password_policy 10 {
    # net.exe answers in the system's language: the order of its lines is what is fixed
    $lines = @(& net.exe accounts | Where-Object { $_ -match ':' })
    if ($lines.Count -lt 8) { throw 'net accounts: fewer lines than documented' }
    $keys = 'force_logoff', 'min_age_days', 'max_age_days', 'min_length', 'history', 'lockout_threshold', 'lockout_minutes', 'lockout_window_minutes'
    Json (0..7 | ForEach-Object { @{ file = 'net accounts'; key = $keys[$_]; value = ($lines[$_] -split ':', 2)[1].Trim() } })
}
Section policies 10 {
    # policies that are not set have no value; both are documented by Microsoft under these names
    $names = @{ NoDriveTypeAutoRun = 'Explorer'; InactivityTimeoutSecs = 'System' }
    Json (foreach ($name in $names.Keys) {
        $held = Get-ItemProperty "HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\$($names[$name])" -ErrorAction SilentlyContinue
        @{ key = $name; value = $(if ($held -and $null -ne $held.$name) { [long]$held.$name }) }
    })
}
Section firewall_rules 20 {
    Json (Get-NetFirewallProfile -PolicyStore ActiveStore | ForEach-Object {
        @{ tool = 'windows'; chain = [string]$_.Name; hook = 'input'
            policy = $(if ([string]$_.Enabled -ne 'True' -or [string]$_.DefaultInboundAction -eq 'Allow') { 'accept' } else { 'drop' }) } })
}
Section updates 30 {
    $last = Get-CimInstance Win32_QuickFixEngineering | Where-Object { $_.InstalledOn } | Sort-Object InstalledOn | Select-Object -Last 1
    $restart = Test-Path 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired'
    Json @{ packages_changed_at = $(if ($last) { Moment $last.InstalledOn }); needs_restart = $restart }
}
Section defender 20 {
    Get-MpComputerStatus | Select-Object AMServiceEnabled, AMRunningMode, RealTimeProtectionEnabled, OnAccessProtectionEnabled, BehaviorMonitorEnabled, IoavProtectionEnabled, AntivirusSignatureAge, AntivirusSignatureVersion, QuickScanAge, FullScanAge, IsTamperProtected | ConvertTo-Json -Compress
}
Section security_center 20 {
    Json (Get-CimInstance -Namespace root/SecurityCenter2 -ClassName AntiVirusProduct | ForEach-Object {
        @{ name = $_.displayName; product_state = [long]$_.productState; executable = (Program $_.pathToSignedReportingExe); timestamp = $_.timestamp } })
}
Section schedule 30 {
    Json (Get-ScheduledTask | Where-Object { $_.TaskPath -notlike '\Microsoft\*' } | ForEach-Object {
        @{ kind = 'task'; source = (Hide ($_.TaskPath + $_.TaskName)); schedule = $null; is_active = ([string]$_.State -ne 'Disabled')
            command = $(Program ([string]($_.Actions | Select-Object -First 1).Execute)); last_run = $null } })
}
Section files 20 {
    param($paths)
    $rows = foreach ($path in $paths) {
        $items = if ($path -match '[*?]') { @(Get-Item -Path $path -Force -ErrorAction SilentlyContinue) } else { @(Get-Item -LiteralPath $path -Force -ErrorAction SilentlyContinue) }
        if (-not $items.Count -and $path -notmatch '[*?]') { @{ path = $path; exists = $false } }
        foreach ($item in $items) {
            @{ path = (Hide $item.FullName); exists = $true; kind = $(if ($item.PSIsContainer) { 'folder' } else { 'file' })
                size_bytes = $(if (-not $item.PSIsContainer) { [long]$item.Length }); modified_at = (Moment $item.LastWriteTime) }
        }
    }
    Json $rows
} @(, @($WantedPaths))
Section asked 5 { param($paths) $paths } @(, @($WantedPaths))
foreach ($wanted in $WantedStatuses) {
    if (@($wanted).Count -ne 3) { continue }
    Section "status $($wanted[0])" 10 {
        param($keep, $command)
        $printed = & ([scriptblock]::Create($command)) | Out-String -Stream -Width 400
        foreach ($line in $printed) { foreach ($found in [regex]::Matches($line, $keep)) { $found.Value } }
    } @($wanted[1], $wanted[2])
}
Put "#$B begin clock_end"
Put (Clock)
Put "#$B end 0 ok whole"

$utf8 = New-Object System.Text.UTF8Encoding $false
$text = $Sent.ToString().Replace("`r`n", "`n")
$count = $utf8.GetByteCount($text)
$all = $utf8.GetBytes($text + "#$B stdout $count`n" + $Said.ToString().Replace("`r`n", "`n") + "#$B end-of-collection`n")
$stream = [Console]::OpenStandardOutput()
$stream.Write($all, 0, $all.Length)
$stream.Flush()
