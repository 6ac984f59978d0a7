
# Latin-1, a lone continuation byte, NUL and an overlong form: none of it is UTF-8.
/usr/sbin/sshd -o "ForceCommand=printf 'Trung t\\342m \\200 \\000 \\300\\257 h\\352t\\n'"
