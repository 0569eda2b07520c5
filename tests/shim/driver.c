/* Stands for xetex in the tests of fork.c: it opens files, waits at getc(stdin), then does what
 * the first word of issue.tex says. */
#define _GNU_SOURCE
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void list(const char *path)
{
    DIR *folder = opendir(path);
    printf("%s:", path);
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (entry->d_name[0] != '.')
            printf(" %s", entry->d_name);
    printf("\n");
    if (folder)
        closedir(folder);
}

int main(void)
{
    char word[32] = "", rest[64] = "";
    FILE *log = fopen("issue.log", "w"), *input = fopen("wait.tex", "r");
    if (!log || !input || fscanf(input, "%31s", word) != 1)
        return 90;
    fputs("before\n", log);
    setvbuf(stdout, NULL, _IONBF, 0);
    if (getc(stdin) != '\n')
        return 91;
    FILE *text = fopen("issue.tex", "r");
    if (!text || fscanf(text, "%31s", word) != 1)
        return 92;
    fclose(text);
    fputs("after\n", log);
    if (!strcmp(word, "read") && fgets(rest, sizeof rest, input))
        printf("rest:%s", rest);
    if (!strcmp(word, "look")) {
        list(getenv("LOOK_JOBS"));
        list(getenv("LOOK_WORK"));
        list("/proc");
        list("/tmp");
        printf("pid %d\n", getpid());
    }
    if (!strcmp(word, "more") && getc(stdin) == EOF)
        printf("the end\n");
    if (!strcmp(word, "crash"))
        *(volatile int *)8 = 1;
    if (!strcmp(word, "pipe"))
        raise(SIGPIPE);
    while (!strcmp(word, "hang"))
        pause();
    fclose(log);
    fclose(input);
    return !strcmp(word, "seven") ? 7 : 0;
}
