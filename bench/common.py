"""What the measurements have in common: a daemon of their own, and how figures are told."""
import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def milliseconds(start):
    return (time.monotonic() - start) * 1000


class Daemon:
    """A private hyperd in a folder of its own."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.root = os.path.join(folder, "root")
        self.socket = os.path.join(folder, "s.sock")
        self.environment = dict(os.environ, HYPER_HOST="unix://" + self.socket)
        self.log = open(os.path.join(folder, "hyperd.log"), "ab")
        self.process = None

    def start(self):
        begin = time.monotonic()
        self.process = subprocess.Popen(
            [HERE + "/bin/hyperd", "--root", self.root, "--socket", self.socket],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        while self.ctl("version", check=False).returncode != 0:
            if self.process.poll() is not None:
                sys.exit("hyperd ended, see " + self.log.name)
            time.sleep(0.005)
        return milliseconds(begin)

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def command(self, *words):
        return [HERE + "/bin/hyperctl", "-H", "unix://" + self.socket, *words]

    def ctl(self, *words, check=True):
        return subprocess.run(self.command(*words), env=self.environment, check=check,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def timed(self, *words):
        begin = time.monotonic()
        self.ctl(*words)
        return milliseconds(begin)

    def resident_mib(self):
        with open("/proc/%d/status" % self.process.pid) as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


class Docker:
    """Debian's docker.io, started by hand in a folder of its own. Without its rules for the host's packet filter."""

    BRIDGE = "/sys/class/net/docker0"

    def __init__(self, folder, image):
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self.image = image
        self.host = "unix://" + os.path.join(folder, "d.sock")
        self.process = None

    def start(self):
        for program in ("/usr/sbin/dockerd", "/usr/bin/docker"):
            if not os.path.exists(program):
                sys.exit("there is no %s: apt-get install docker.io" % program)
        log = open(os.path.join(self.folder, "log"), "ab")
        self.made_bridge = not os.path.exists(self.BRIDGE)
        self.process = subprocess.Popen(
            ["/usr/sbin/dockerd", "-H", self.host, "--iptables=false", "--ip6tables=false",
             "--data-root", self.folder + "/data", "--exec-root", self.folder + "/exec", "-p", self.folder + "/pid"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        while self.ctl("version", check=False).returncode != 0:
            if self.process.poll() is not None:
                sys.exit("dockerd ended, see " + log.name)
            time.sleep(0.05)
        self.ctl("load", "-q", "-i", self.image)

    def command(self, *words):
        return ["/usr/bin/docker", "-H", self.host, *words]

    def ctl(self, *words, check=True):
        return subprocess.run(self.command(*words), check=check, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True)

    def timed(self, *words):
        begin = time.monotonic()
        self.ctl(*words)
        return milliseconds(begin)

    def stop(self):
        for name in self.ctl("ps", "-aq").stdout.split():
            self.ctl("rm", "-f", name)
        self.process.terminate()
        self.process.wait()
        if self.made_bridge and os.path.exists(self.BRIDGE):
            subprocess.run(["ip", "link", "delete", "docker0"], check=True)


def row(name, unit, samples):
    ordered = sorted(samples)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return {"name": name, "unit": unit, "median": statistics.median(ordered), "p95": p95,
            "min": ordered[0], "max": ordered[-1], "samples": samples}


def ratio(name, ours, theirs):
    """Of two rows whose samples were taken in turn: the median of the ratios of neighbours."""
    pairs = [a / b for a, b in zip(ours["samples"], theirs["samples"])]
    return row(name, "x", pairs)


def report(title, rows, path):
    """Prints a table, and writes rows with their raw samples to a file if one is named."""
    print("%-46s %9s %9s %9s %9s" % (title, "median", "p95", "min", "max"))
    for each in rows:
        print("%-46s %9.2f %9.2f %9.2f %9.2f %s"
              % (each["name"], each["median"], each["p95"], each["min"], each["max"], each["unit"]))
    if path:
        with open(path, "w") as out:
            json.dump(rows, out, indent=1)
