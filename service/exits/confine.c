/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the exit server gives up once it listens and has read its files: its user, files, and the
 * system calls that only somebody who broke in would want. Main thread, before others start, for
 * they inherit it.
 */
#include "exits/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the resolver reads: its configuration and its modules. */
static const char *const readable[] = { "/etc", "/usr", "/lib", "/lib64", "/run/systemd/resolve", "/run/resolvconf", "/run/nscd" };

#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)

/* All that the first version of Landlock knows: later ones add to it and then these still hold. */
#define HANDLED                                                                                                      \
  (READING | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |            \
   LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |                     \
   LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |                       \
   LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

static const int refused_calls[] = {
  __NR_execve, __NR_execveat, __NR_ptrace, __NR_process_vm_readv, __NR_process_vm_writev, __NR_kcmp,
  __NR_mount, __NR_umount2, __NR_pivot_root, __NR_chroot, __NR_unshare, __NR_setns, __NR_init_module,
  __NR_finit_module, __NR_delete_module, __NR_kexec_load, __NR_bpf, __NR_perf_event_open, __NR_keyctl,
  __NR_add_key, __NR_request_key, __NR_userfaultfd, __NR_open_by_handle_at, __NR_name_to_handle_at,
  __NR_swapon, __NR_swapoff, __NR_reboot, __NR_sethostname, __NR_setdomainname, __NR_acct, __NR_quotactl,
  __NR_mknodat, __NR_symlinkat, __NR_linkat, __NR_renameat2, __NR_unlinkat, __NR_mkdirat, __NR_fchmodat,
  __NR_fchownat, __NR_truncate, __NR_personality, __NR_io_uring_setup, __NR_io_uring_enter,
  __NR_io_uring_register, __NR_setuid, __NR_setgid, __NR_setreuid, __NR_setregid, __NR_setresuid,
  __NR_setresgid, __NR_setgroups, __NR_settimeofday, __NR_clock_settime, __NR_adjtimex, __NR_syslog,
#if defined(__x86_64__)
  __NR_iopl, __NR_ioperm, __NR_modify_ldt, __NR_mknod, __NR_symlink, __NR_link, __NR_rename, __NR_renameat,
  __NR_unlink, __NR_rmdir, __NR_mkdir, __NR_chmod, __NR_chown, __NR_lchown, __NR_kexec_file_load,
#endif
};

/**
 * nj_confine_user:
 * @name: the user to become
 * @error: a #GIOErrorEnum
 *
 * Does nothing unless this process is root's. Main thread.
 *
 * Returns: whether this process is nobody's who could take more than it has
 */
gboolean
nj_confine_user (const char *name, GError **error)
{
  const struct passwd *user;

  if (geteuid () != 0)
    return TRUE;

  user = getpwnam (name);
  if (user == NULL || user->pw_uid == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is no user “%s” to become", name);
      return FALSE;
    }
  if (setgroups (0, NULL) != 0 || setresgid (user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
      setresuid (user->pw_uid, user->pw_uid, user->pw_uid) != 0 || setuid (0) == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "cannot become user “%s”", name);
      return FALSE;
    }
  return TRUE;
}

static void
allow_reading (int ruleset, const char *path)
{
  struct landlock_path_beneath_attr rule = { .allowed_access = READING };

  rule.parent_fd = open (path, O_PATH | O_CLOEXEC);
  if (rule.parent_fd < 0)
    return;

  syscall (__NR_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  close (rule.parent_fd);
}

/**
 * nj_confine_files:
 *
 * Main thread, before others start. Source: landlock(7).
 *
 * Returns: whether it holds
 */
gboolean
nj_confine_files (void)
{
  const struct landlock_ruleset_attr handled = { .handled_access_fs = HANDLED };
  int                                ruleset;
  gboolean                           is_done;

  ruleset = (int) syscall (__NR_landlock_create_ruleset, &handled, sizeof handled, 0);
  if (ruleset < 0)
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (readable); i++)
    allow_reading (ruleset, readable[i]);
  is_done = prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall (__NR_landlock_restrict_self, ruleset, 0) == 0;
  close (ruleset);
  return is_done;
}

/**
 * nj_confine_reader:
 * @folder: all that may still be read
 *
 * For the process that reads the file of users, which stays root's where it was: of root's powers only the one to read is
 * kept. Its only thread. Source: landlock(7), capabilities(7).
 *
 * Returns: whether it holds
 */
gboolean
nj_confine_reader (const char *folder)
{
  const struct landlock_ruleset_attr handled = { .handled_access_fs = HANDLED };
  struct __user_cap_header_struct    header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct      powers[_LINUX_CAPABILITY_U32S_3] = { 0 };
  int                                ruleset = (int) syscall (__NR_landlock_create_ruleset, &handled, sizeof handled, 0);
  gboolean                           is_done = prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;

  if (geteuid () == 0)
    powers[CAP_TO_INDEX (CAP_DAC_READ_SEARCH)].effective = powers[CAP_TO_INDEX (CAP_DAC_READ_SEARCH)].permitted =
        CAP_TO_MASK (CAP_DAC_READ_SEARCH);
  is_done = syscall (__NR_capset, &header, powers) == 0 && is_done;
  if (ruleset < 0)
    return FALSE;

  allow_reading (ruleset, folder);
  is_done = syscall (__NR_landlock_restrict_self, ruleset, 0) == 0 && is_done;
  close (ruleset);
  return is_done;
}

/**
 * nj_confine_calls:
 *
 * A list of what is refused rather than of what is allowed: the C library's next version may need
 * a call that nobody thought of, and a server that dies of an update is switched off with all its
 * walls. Main thread, before others start. Source: seccomp(2).
 *
 * Returns: whether it holds
 */
gboolean
nj_confine_calls (void)
{
#ifdef ARCHITECTURE
  enum { HEAD = 4, REFUSED = G_N_ELEMENTS (refused_calls) };
  struct sock_filter filter[HEAD + REFUSED + 2] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, arch)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
  };
  const struct sock_fprog program = { G_N_ELEMENTS (filter), filter };

  for (guint i = 0; i < REFUSED; i++)
    filter[HEAD + i] = (struct sock_filter) BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, (guint) refused_calls[i],
                                                      (guint8) (REFUSED - i), 0);
  filter[HEAD + REFUSED] = (struct sock_filter) BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  filter[HEAD + REFUSED + 1] = (struct sock_filter) BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);

  return prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         syscall (__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
#else
  return FALSE;
#endif
}
