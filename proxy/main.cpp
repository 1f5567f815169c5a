#include "proxy/commands/command_line.hpp"

int main(int argc, char** argv) { return bordergate::command_line(argc, argv); }
