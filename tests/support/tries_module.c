/* A PKCS#11 module that counts wrong PINs as real tokens do, in front of SoftHSM, which does not.

   After two wrong PINs CKF_USER_PIN_FINAL_TRY is set, after three CKF_USER_PIN_LOCKED; each C_Login
   is a line of the file that TRIES names, "1" for a wrong one. Layouts: PKCS#11 v2.20, appendix. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long CK_RV, CK_ULONG;
typedef struct { unsigned char version[2]; void *call[68]; } CK_FUNCTION_LIST;

enum { TOKEN_INFO = 6, LOGIN = 18, FLAGS_AT = 96 };
enum { PIN_INCORRECT = 0xA0, PIN_LOCKED = 0xA4 };
enum { COUNT_LOW = 0x10000, FINAL_TRY = 0x20000, LOCKED = 0x40000 };

static CK_FUNCTION_LIST *below, own;

static int wrong(void) {
  FILE *file = fopen(getenv("TRIES"), "r");
  int count = 0, letter;
  while (file && (letter = fgetc(file)) != EOF) count = letter == '1' ? count + 1 : letter == '0' ? 0 : count;
  if (file) fclose(file);
  return count;
}

static CK_RV token_info(CK_ULONG slot, unsigned char *info) {
  CK_RV done = ((CK_RV(*)(CK_ULONG, void *))below->call[TOKEN_INFO])(slot, info);
  CK_ULONG flags;
  memcpy(&flags, info + FLAGS_AT, sizeof flags);
  flags &= ~(CK_ULONG)(COUNT_LOW | FINAL_TRY | LOCKED);
  flags |= wrong() >= 3 ? LOCKED : wrong() == 2 ? FINAL_TRY | COUNT_LOW : wrong() ? COUNT_LOW : 0;
  memcpy(info + FLAGS_AT, &flags, sizeof flags);
  return done;
}

static CK_RV login(CK_ULONG session, CK_ULONG user, unsigned char *pin, CK_ULONG length) {
  if (wrong() >= 3) return PIN_LOCKED;
  CK_RV done = ((CK_RV(*)(CK_ULONG, CK_ULONG, void *, CK_ULONG))below->call[LOGIN])(session, user, pin, length);
  FILE *file = fopen(getenv("TRIES"), "a");
  fprintf(file, "%d\n", done == PIN_INCORRECT);
  fclose(file);
  return done;
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list) {
  void *library = dlopen(getenv("BELOW"), RTLD_NOW);
  ((CK_RV(*)(CK_FUNCTION_LIST **))dlsym(library, "C_GetFunctionList"))(&below);
  own = *below;
  own.call[TOKEN_INFO] = (void *)token_info;
  own.call[LOGIN] = (void *)login;
  *list = &own;
  return 0;
}
